import styles from "./Loading.module.css";

/** Shown only when loading takes long enough to be noticed. */
export function Loading({ label }: { label: string }) {
  return (
    <p role="status" className={styles.loading}>
      {label}
    </p>
  );
}
