import { useLocation } from "react-router";
import type { StepUp } from "../api/problem";
import { useSignIn } from "../api/session";
import { Button } from "./Button";
import { ArrowIcon, ShieldIcon } from "./icons";
import styles from "./StepUpNotice.module.css";

interface StepUpNoticeProps {
  title: string;
  text: string;
  stepUp: StepUp;
}

/** A session that is good enough for most things and not for this one: no fault, one more step. */
export function StepUpNotice({ title, text, stepUp }: StepUpNoticeProps) {
  const location = useLocation();
  const signIn = useSignIn();
  return (
    <section role="status" className={styles.notice}>
      <span className={styles.icon}>
        <ShieldIcon />
      </span>
      <div className={styles.words}>
        <h2>{title}</h2>
        <p>{text}</p>
        <Button
          look="primary"
          disabled={signIn.isPending}
          onClick={() => {
            signIn.mutate({ location, stepUp });
          }}
        >
          Continue <ArrowIcon />
        </Button>
        {signIn.isError && (
          <p role="alert" className={styles.failed}>
            That did not work. Try again in a moment.
          </p>
        )}
      </div>
    </section>
  );
}
