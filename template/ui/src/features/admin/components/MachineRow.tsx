import { formatMoment } from "@/shared/format";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { Row } from "@/shared/ui/Rows";
import type { Machine } from "../api/machines";
import styles from "./Keys.module.css";

interface MachineRowProps {
  machine: Machine;
  onAsk: (what: "rotate" | "revoke") => void;
}

export function MachineRow({ machine, onAsk }: MachineRowProps) {
  const { name, scopes, revoked_at, keys } = machine;
  const isRevoked = revoked_at !== null;
  const now = new Date();
  const facts = (
    <>
      <p>{scopes.join(", ")}</p>
      {!isRevoked && keys.map((key) => <KeyFacts key={key.prefix} machineKey={key} now={now} />)}
    </>
  );
  const title = (
    <>
      {name} {isRevoked && <Badge tone="danger">Revoked {formatMoment(revoked_at, now)}</Badge>}
    </>
  );
  return (
    <Row title={title} facts={facts}>
      {!isRevoked && (
        <>
          <Button
            aria-label={`Rotate ${name}`}
            onClick={() => {
              onAsk("rotate");
            }}
          >
            Rotate
          </Button>
          <Button
            aria-label={`Revoke ${name}`}
            onClick={() => {
              onAsk("revoke");
            }}
          >
            Revoke
          </Button>
        </>
      )}
    </Row>
  );
}

interface KeyFactsProps {
  machineKey: Machine["keys"][number];
  now: Date;
}

function KeyFacts({ machineKey, now }: KeyFactsProps) {
  const { prefix, expires_at, last_used_at } = machineKey;
  const isOver = new Date(expires_at) <= now;
  const used = last_used_at ? `last used ${formatMoment(last_used_at, now)}` : "never used";
  return (
    <p>
      <span className={styles.prefix}>{prefix}…</span> · {isOver ? "ended" : "ends"}{" "}
      {formatMoment(expires_at, now)} · {used}
    </p>
  );
}
