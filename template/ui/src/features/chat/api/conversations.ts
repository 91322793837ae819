import { queryOptions, useQuery, type QueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";

export type Answer = components["schemas"]["Answer"];
export type Conversation = components["schemas"]["Conversation"];

export const NEW_TITLE = "New conversation";

export const conversationsQuery = queryOptions({
  queryKey: ["conversations"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/conversations", { signal })),
});

/** The stored answers of a conversation, oldest first. */
export function answersQuery(conversationId: string) {
  return queryOptions({
    queryKey: ["answers", conversationId],
    queryFn: ({ signal }) =>
      unwrap(
        api.GET("/api/conversations/{conversation_id}/answers", {
          params: { path: { conversation_id: conversationId } },
          signal,
        }),
      ),
  });
}

/** People's own words for a conversation: its first question, once there is one. */
export function useConversationTitle(conversationId: string): string {
  const { data } = useQuery(conversationsQuery);
  const title = data?.find(({ id }) => id === conversationId)?.title ?? "";
  return title === "" ? NEW_TITLE : title;
}

/** Starts a conversation; it is listed under its first question at once. */
export async function startConversation(
  question: string,
  { client }: { client: QueryClient },
): Promise<Conversation> {
  const conversation = await unwrap(api.POST("/api/conversations"));
  client.setQueryData(conversationsQuery.queryKey, (listed = []) => [
    { ...conversation, title: question },
    ...listed,
  ]);
  return conversation;
}
