import { Suspense } from "react";
import { QueryClientProvider, useSuspenseQuery, type QueryClient } from "@tanstack/react-query";
import { sessionQuery } from "@/shared/api/session";
import type { Feature } from "@/shared/feature";
import { Loading } from "@/shared/ui/Loading";
import { ErrorBoundary } from "./ErrorBoundary";
import { Landing } from "./Landing";
import { SignedIn } from "./SignedIn";
import { WorkNotice } from "./WorkNotice";

interface AppProps {
  features: readonly Feature[];
  queryClient: QueryClient;
}

export function App({ features, queryClient }: AppProps) {
  return (
    <QueryClientProvider client={queryClient}>
      <ErrorBoundary>
        <Suspense fallback={<Loading label="Loading…" />}>
          <Door features={features} />
        </Suspense>
      </ErrorBoundary>
      <WorkNotice />
    </QueryClientProvider>
  );
}

function Door({ features }: Pick<AppProps, "features">) {
  const { data: session } = useSuspenseQuery(sessionQuery);
  return session.me ? (
    <SignedIn me={session.me} features={features} />
  ) : (
    <Landing isEnded={session.ended} />
  );
}
