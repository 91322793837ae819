import { useRef, useState } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { toProblemError, type ProblemError } from "@/shared/api/problem";
import { endSession, isUnauthenticated } from "@/shared/api/session";
import { uploadDocument, useRefreshDocuments } from "./documents";

/** A file on its way to the server, or one that did not get there. */
export interface Upload {
  key: number;
  file: File;
  error: ProblemError | null;
}

export interface Uploads {
  uploads: readonly Upload[];
  add: (files: readonly File[]) => void;
  dismiss: (key: number) => void;
}

/** Files are sent one after the other, so that a slow line is not split among them. */
export function useUploads(): Uploads {
  const [uploads, setUploads] = useState<readonly Upload[]>([]);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const nextKey = useRef(0);
  const refresh = useRefreshDocuments();
  const client = useQueryClient();

  const dismiss = (key: number) => {
    setUploads((all) => all.filter((upload) => upload.key !== key));
  };
  const send = async ({ key, file }: Upload) => {
    try {
      await uploadDocument(file);
      await refresh();
      dismiss(key);
    } catch (error) {
      if (isUnauthenticated(error)) endSession(client, { ended: true });
      const failure = toProblemError(error);
      setUploads((all) => all.map((one) => (one.key === key ? { ...one, error: failure } : one)));
    }
  };
  const add = (files: readonly File[]) => {
    const added = files.map((file) => ({ key: nextKey.current++, file, error: null }));
    setUploads((all) => [...all, ...added]);
    for (const upload of added) queue.current = queue.current.then(() => send(upload));
  };
  return { uploads, add, dismiss };
}
