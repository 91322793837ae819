import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@contracts/gateway";
import { api, unwrap } from "@/shared/api/client";
import { refresh } from "@/shared/api/refresh";

type Schemas = components["schemas"];
export type Machine = Schemas["Machine"];
export type NewMachine = Schemas["NewMachine"];
export type Rotation = Schemas["Rotation"];
export type IssuedKey = Schemas["IssuedKey"];
export type Scope = Schemas["Scope"];

export const machinesQuery = queryOptions({
  queryKey: ["machines"],
  queryFn: ({ signal }) => unwrap(api.GET("/api/admin/machines", { signal })),
});

/** Reads the list again after a change. The answer of a change is kept nowhere but in its own result: it is a secret. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    gcTime: 0,
    onSuccess: () => refresh(client, machinesQuery),
  });
}

export function useCreateMachine() {
  return useChange((body: NewMachine) => unwrap(api.POST("/api/admin/machines", { body })));
}

export function useRotateKey(id: string) {
  return useChange((body: Rotation) =>
    unwrap(
      api.POST("/api/admin/machines/{machine_id}/keys", {
        params: { path: { machine_id: id } },
        body,
      }),
    ),
  );
}

export function useRevokeMachine() {
  return useChange((id: string) =>
    unwrap(
      api.DELETE("/api/admin/machines/{machine_id}", { params: { path: { machine_id: id } } }),
    ),
  );
}
