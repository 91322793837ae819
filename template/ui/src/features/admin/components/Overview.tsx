import { useQuery } from "@tanstack/react-query";
import { useMe } from "@/shared/api/session";
import { Loaded } from "@/shared/ui/Loaded";
import { overviewQuery } from "../api/overview";
import { Figures } from "./Figures";
import { PurgeCard } from "./PurgeCard";

/** The organisation in figures; what cannot be undone only for those who may see them. */
export function Overview() {
  const { tenant } = useMe();
  const overview = useQuery(overviewQuery);
  return (
    <Loaded query={overview} label="Counting…">
      {(figures) => (
        <>
          <Figures overview={figures} />
          <PurgeCard tenant={tenant} />
        </>
      )}
    </Loaded>
  );
}
