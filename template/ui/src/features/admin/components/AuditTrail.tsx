import { useState } from "react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { CopyButton } from "@/shared/ui/CopyButton";
import { EmptyState } from "@/shared/ui/EmptyState";
import { formatMoment } from "@/shared/format";
import { ReviewIcon } from "@/shared/ui/icons";
import { Loaded } from "@/shared/ui/Loaded";
import { trailQuery, type Outcome, type TrailEntry } from "../api/audit";
import styles from "./AuditTrail.module.css";
import { Choice } from "./Choice";

const OUTCOMES = {
  deny: { tone: "danger", label: "Refused" },
  step_up: { tone: "attention", label: "Asked to confirm" },
  limit: { tone: "attention", label: "Slowed down" },
  admin: { tone: "busy", label: "Administration" },
  rotate: { tone: "busy", label: "Keys replaced" },
  done: { tone: "neutral", label: "Done" },
  allow: { tone: "good", label: "Allowed" },
} as const;

const NAMES = Object.entries(OUTCOMES).map(([outcome, { label }]) => [outcome, label]);
const SHOWN = { "": "All decisions", ...Object.fromEntries(NAMES) } as Record<string, string>;

/** What was decided in the organisation, newest first; each entry opens to say why. */
export function AuditTrail() {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const trail = useInfiniteQuery(trailQuery(outcome));
  return (
    <>
      <div className={styles.filter}>
        <Choice
          label="Show"
          options={SHOWN}
          value={outcome ?? ""}
          onChange={(chosen) => {
            setOutcome(chosen === "" ? null : (chosen as Outcome));
          }}
        />
      </div>
      <Loaded query={trail} label="Loading the trail…">
        {({ pages }) => <Entries entries={pages.flat()} />}
      </Loaded>
      {trail.hasNextPage && (
        <Button
          className={styles.more ?? ""}
          disabled={trail.isFetchingNextPage}
          onClick={() => void trail.fetchNextPage()}
        >
          Show older entries
        </Button>
      )}
    </>
  );
}

function Entries({ entries }: { entries: readonly TrailEntry[] }) {
  if (entries.length === 0) {
    return (
      <EmptyState icon={<ReviewIcon />} title="Nothing of this kind">
        Every decision is kept, and appears here within a second.
      </EmptyState>
    );
  }
  return (
    <ul className={styles.entries} aria-label="Audit trail">
      {entries.map((entry) => (
        <li key={entry.id}>
          <Entry entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function Entry({ entry }: { entry: TrailEntry }) {
  const { tone, label } = OUTCOMES[entry.outcome as Outcome];
  const [who = entry.actor] = entry.actor.split(" <");
  return (
    <details>
      <summary>
        <Badge tone={tone}>{label}</Badge>
        <span className={styles.what}>
          <b>{who}</b> {entry.action} <span>{entry.target}</span>
        </span>
        <time dateTime={entry.at}>{formatMoment(entry.at, new Date())}</time>
      </summary>
      <p>{entry.explanation}</p>
      <CopyButton text={entry.id} label="Copy the entry’s id" />
    </details>
  );
}
