import { useId } from "react";
import { useWork } from "@/shared/work/work";
import styles from "./WorkNotice.module.css";

/** Says what the browser is busy with while it does a proof of work; the page stays usable. */
export function WorkNotice() {
  const work = useWork();
  const id = useId();
  return (
    <div role="status" className={styles.place}>
      {work && (
        <div className={styles.notice}>
          <p id={id} className={styles.title}>
            One moment: checking your browser
          </p>
          <p>Many sign-ins failed lately, so this one takes a little computing time.</p>
          <progress aria-labelledby={id} value={work.progress} />
        </div>
      )}
    </div>
  );
}
