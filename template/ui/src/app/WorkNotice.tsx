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
          <p>
            Much was refused here lately, so this takes a few seconds of computing. It goes on by
            itself.
          </p>
          <progress aria-labelledby={id} value={work.progress} />
        </div>
      )}
    </div>
  );
}
