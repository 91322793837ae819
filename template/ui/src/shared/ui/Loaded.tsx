import type { ReactNode } from "react";
import { Button } from "./Button";
import { Loading } from "./Loading";
import { ProblemNotice } from "./ProblemNotice";

interface LoadedProps<T> {
  query: { data: T | undefined; error: unknown; isPending: boolean; refetch: () => unknown };
  /** What is said while it loads. */
  label: string;
  children: (data: T) => ReactNode;
}

/** What a query brought; until then that it loads, or why it failed and a way to try again. */
export function Loaded<T>({ query, label, children }: LoadedProps<T>) {
  const { data, error, isPending, refetch } = query;
  if (data !== undefined) return children(data);
  if (isPending) return <Loading label={label} />;
  return (
    <ProblemNotice error={error}>
      <Button onClick={() => void refetch()}>Try again</Button>
    </ProblemNotice>
  );
}
