const DATABASE = "device";
const STORE = "keys";
const NAME = "session";
const P256 = { name: "ECDSA", namedCurve: "P-256" } as const;

/** The browser's own key (RFC 9449). Its private half cannot be read out, not even by our own scripts. */
export type DeviceKey = CryptoKeyPair;

let key: Promise<DeviceKey> | null = null;

/** The key of this browser; made at first use. Without a database it lives as long as the page. */
export function deviceKey(): Promise<DeviceKey> {
  key ??= loadOrMake();
  return key;
}

/** Forgets the key held by this page, as a reload would. */
export function forgetLoadedKey(): void {
  key = null;
}

async function loadOrMake(): Promise<DeviceKey> {
  const database = await openDatabase();
  if (!database) return makeKey();
  const known = await load(database);
  if (known) return known;
  await keepFirst(database, await makeKey());
  // Another tab may have been first; what is stored counts.
  return (await load(database)) ?? makeKey();
}

function makeKey(): Promise<DeviceKey> {
  return crypto.subtle.generateKey(P256, false, ["sign", "verify"]);
}

/** Null where the browser has no database for us, as in some private windows. */
function openDatabase(): Promise<IDBDatabase | null> {
  if (!("indexedDB" in globalThis)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      resolve(null);
    };
  });
}

function load(database: IDBDatabase): Promise<DeviceKey | undefined> {
  return new Promise((resolve, reject) => {
    const request = database.transaction(STORE).objectStore(STORE).get(NAME);
    request.onsuccess = () => {
      resolve(request.result as DeviceKey | undefined);
    };
    request.onerror = () => {
      reject(new Error("The browser's key cannot be read.", { cause: request.error }));
    };
  });
}

function keepFirst(database: IDBDatabase, made: DeviceKey): Promise<void> {
  return new Promise((resolve) => {
    const transaction = database.transaction(STORE, "readwrite");
    transaction.objectStore(STORE).add(made, NAME);
    const finish = () => {
      resolve();
    };
    transaction.oncomplete = finish;
    transaction.onerror = finish;
    transaction.onabort = finish;
  });
}
