import { useQuery } from "@tanstack/react-query";
import { useMe } from "@/shared/api/session";
import { Button } from "@/shared/ui/Button";
import { Loading } from "@/shared/ui/Loading";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { overviewQuery } from "../api/overview";
import { Figures } from "./Figures";
import { PurgeCard } from "./PurgeCard";

export default function AdminPage() {
  const { tenant } = useMe();
  const { data, isPending, error, refetch } = useQuery(overviewQuery);
  return (
    <Page title="Admin" lead={`${tenant.name} in figures, and what only you may do.`}>
      {isPending && <Loading label="Counting…" />}
      {error && !data && (
        <ProblemNotice error={error}>
          <Button onClick={() => void refetch()}>Try again</Button>
        </ProblemNotice>
      )}
      {data && <Figures overview={data} />}
      <PurgeCard tenant={tenant} />
    </Page>
  );
}
