import { Button } from "@/shared/ui/Button";
import { Hidden } from "@/shared/ui/Hidden";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Turn } from "../api/turn";
import styles from "./TurnStatus.module.css";

interface TurnStatusProps {
  turn: Turn;
  onAsk: (question: string) => void;
}

/** How far the answer is: being written, stopped, or failed with a way to try again. */
export function TurnStatus({ turn, onAsk }: TurnStatusProps) {
  const again = (label: string) => (
    <Button
      onClick={() => {
        onAsk(turn.question);
      }}
    >
      {label}
    </Button>
  );
  return (
    <>
      <Announcement turn={turn} />
      {turn.state === "writing" && <Progress turn={turn} />}
      {turn.state === "stopped" && (
        <div className={styles.stopped}>
          <p>You stopped this answer.</p>
          {again("Ask again")}
        </div>
      )}
      {turn.state === "failed" && (
        <ProblemNotice error={turn.error}>{again("Try again")}</ProblemNotice>
      )}
    </>
  );
}

/** Words arrive one by one, which would be noise when read aloud; the finished answer is read once. */
function Announcement({ turn }: { turn: Turn }) {
  return (
    <Hidden role="status">
      {turn.state === "writing" ? "The answer is being written." : ""}
      {turn.state === "done" ? turn.text : ""}
    </Hidden>
  );
}

function Progress({ turn }: { turn: Turn }) {
  const found = turn.citations.length;
  return (
    <p className={styles.progress} aria-hidden="true">
      <span />
      {turn.text === "" && (found === 0 ? "Looking through the documents" : "Reading the passages")}
    </p>
  );
}
