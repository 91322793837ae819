import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

export type Document = components["schemas"]["Document"];

const POLL_MS = 1500;

/** The tenant's documents; asked for again and again while one of them is still being read. */
export const documentsQuery = queryOptions({
  queryKey: ["documents"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/documents", { signal })),
  refetchInterval: ({ state }) => (state.data?.some(isInProgress) ? POLL_MS : false),
});

export function isInProgress({ status }: Document): boolean {
  return status === "waiting" || status === "reading";
}

export function uploadDocument(file: File): Promise<Document> {
  const form = new FormData();
  form.set("file", file);
  return unwrap(
    api.POST("/api/documents", {
      // The contract's types know the field; only a form can carry the file itself.
      body: { file: file.name },
      bodySerializer: () => form,
    }),
  );
}

export function useRefreshDocuments(): () => Promise<void> {
  const client = useQueryClient();
  return () => refresh(client, documentsQuery);
}

export function useDeleteDocument() {
  const refresh = useRefreshDocuments();
  return useMutation({
    mutationFn: (id: string) =>
      unwrap(api.DELETE("/api/documents/{document_id}", { params: { path: { document_id: id } } })),
    onSettled: refresh,
  });
}
