import type { ReactNode } from "react";
import styles from "./Rows.module.css";

interface RowsProps {
  label: string;
  children: ReactNode;
}

/** A list in a frame, one thing per row. */
export function Rows({ label, children }: RowsProps) {
  return (
    <ul className={styles.rows} aria-label={label}>
      {children}
    </ul>
  );
}

interface RowProps {
  title: ReactNode;
  /** What else is known, in small type below the title. */
  facts?: ReactNode;
  /** Buttons at the end of the row. */
  children?: ReactNode;
}

export function Row({ title, facts, children }: RowProps) {
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        {facts && <div className={styles.facts}>{facts}</div>}
      </div>
      {children && <div className={styles.actions}>{children}</div>}
    </li>
  );
}
