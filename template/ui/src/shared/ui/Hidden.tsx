import type { ComponentProps } from "react";
import styles from "./Hidden.module.css";

/** Read aloud, not shown. */
export function Hidden(props: ComponentProps<"span">) {
  return <span {...props} className={styles.hidden} />;
}
