// The provider's pages: plain HTML with their style inside, nothing fetched from anywhere.

const STYLE = `
  :root { color-scheme: light dark; --ink: #1b1f27; --dim: #5d6573; --paper: #f4f5f7; --card: #fff; --line: #dfe2e8; --accent: #2f5bea; }
  @media (prefers-color-scheme: dark) {
    :root { --ink: #eceef2; --dim: #9aa3b2; --paper: #12151b; --card: #1a1f28; --line: #2c3340; --accent: #86a3ff; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
  main { width: min(100%, 520px); padding: 32px; background: var(--card); border: 1px solid var(--line); border-radius: 16px; }
  .badge { display: inline-block; padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; color: var(--dim); font-size: 13px; }
  h1 { margin: 16px 0 4px; font-size: 24px; line-height: 1.25; }
  h2 { margin: 24px 0 8px; color: var(--dim); font-size: 14px; font-weight: 600; }
  p { margin: 0; color: var(--dim); }
  button { width: 100%; margin: 0 0 8px; padding: 12px 16px; display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 4px 12px; text-align: left; cursor: pointer; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 10px; font: inherit; }
  button:hover, button:focus-visible { border-color: var(--accent); outline: 2px solid transparent; box-shadow: 0 0 0 1px var(--accent); }
  small { display: block; color: var(--dim); font-size: 14px; }
  .roles { display: flex; gap: 4px; }
  .roles span { padding: 1px 8px; border-radius: 99px; color: var(--dim); background: var(--paper); font-size: 13px; }
  .roles .admin { color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  .note { margin-top: 16px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 14px; }
  .phone { margin: 24px 0; padding: 16px; border: 1px dashed var(--line); border-radius: 12px; text-align: center; }
  .phone output { display: block; margin-top: 4px; color: var(--ink); font: 600 28px/1.2 ui-monospace, monospace; letter-spacing: .12em; }
  label { display: block; margin-bottom: 6px; font-weight: 600; }
  input { width: 100%; margin-bottom: 16px; padding: 12px 16px; color: inherit; background: transparent; border: 1px solid var(--dim); border-radius: 10px; font: 20px/1.4 ui-monospace, monospace; letter-spacing: .12em; }
  input:focus-visible { border-color: var(--accent); outline: 2px solid var(--accent); outline-offset: 1px; }
  .wrong { margin-bottom: 8px; color: light-dark(#b3261e, #ff9d92); }
  button.main { margin: 0; justify-content: center; color: light-dark(#fff, #10131a); background: var(--accent); border-color: transparent; text-align: center; font-weight: 600; }
`;

export function loginPage(action, people) {
  const groups = groupBy(people, tenantOf);
  const lists = [...groups].map(([tenant, members]) => `<h2>${escape(tenant)}</h2>${members.map(button).join("")}`);
  return page(
    "Who are you today?",
    `<p>Pick a person to sign in. There are no passwords here.</p>
    <form method="post" action="${escape(action)}">${lists.join("")}</form>
    <p class="note">Everybody here has an authenticator: when the product asks for a second factor, as it does for
    administration, the next page shows the code.</p>`,
  );
}

// A real provider sends the code to the person's phone; here the page is the phone.
export function codePage(action, person, code, { isWrong = false } = {}) {
  const wrong = isWrong ? '<p class="wrong" id="wrong" role="alert">That was another code. Here is a new one.</p>' : "";
  return page(
    `Confirm it is you, ${person.name}`,
    `<p>This needs a second factor. With a real provider the code would come from your authenticator.</p>
    <div class="phone">Your authenticator shows<output id="code">${code.slice(0, 3)} ${code.slice(3)}</output></div>
    <form method="post" action="${escape(action)}">
      ${wrong}<label for="typed">Code</label>
      <input id="typed" name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus maxlength="7"${isWrong ? ' aria-describedby="wrong"' : ""}>
      <button class="main" type="submit">Confirm</button>
    </form>`,
  );
}

export function signOutPage(form) {
  return page(
    "Signing out",
    `${form}<button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out</button>
    <script>document.querySelector("main > button").click();</script>`,
  );
}

export function signedOutPage() {
  return page("Signed out", "<p>You can close this page.</p>");
}

export function errorPage(title, detail) {
  return page(title, `<p>Go back to the product and sign in again.</p><p class="note">${escape(detail ?? "")}</p>`);
}

function button({ subject, name, email, roles = [] }) {
  const badges = roles.map((role) => `<span class="${escape(role)}">${escape(role)}</span>`);
  return `<button name="subject" value="${escape(subject)}">
    <span>${escape(name)}<small>${escape(email)}</small></span> <span class="roles">${badges.join(" ")}</span>
  </button>`;
}

function page(title, body) {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${escape(title)}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <main><span class="badge">development</span><h1>${escape(title)}</h1>${body}</main>
  </body>
</html>`;
}

function tenantOf(person) {
  return person.tenant ?? "People";
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
