import type { ReactNode } from "react";
import { explain, toProblemError } from "../api/problem";
import { CopyButton } from "./CopyButton";
import { WarningIcon } from "./icons";
import { StepUpNotice } from "./StepUpNotice";
import styles from "./ProblemNotice.module.css";

interface ProblemNoticeProps {
  error: unknown;
  /** What was being attempted, when the error's own words leave that open: "returns.pdf". */
  subject?: string;
  /** Buttons: "Try again" and the like. */
  children?: ReactNode;
}

/** An error as a person needs it: what happened, what to do now, and a reference that support can look up. */
export function ProblemNotice({ error, subject, children }: ProblemNoticeProps) {
  const problem = toProblemError(error);
  const { title, text, reference } = explain(problem);
  if (problem.stepUp) return <StepUpNotice title={title} text={text} stepUp={problem.stepUp} />;
  return (
    <div role="alert" className={styles.notice}>
      <WarningIcon />
      <div className={styles.words}>
        <p className={styles.title}>{subject ? `${subject}: ${lowerFirst(title)}` : title}</p>
        <p>{text}</p>
        {reference !== "" && (
          <p className={styles.reference}>
            Reference <code>{reference}</code>
            <CopyButton text={reference} label="Copy reference" />
          </p>
        )}
        {children && <div className={styles.actions}>{children}</div>}
      </div>
    </div>
  );
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
