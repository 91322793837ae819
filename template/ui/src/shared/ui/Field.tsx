import { useId, type ReactNode } from "react";
import styles from "./Field.module.css";

interface FieldProps {
  label: ReactNode;
  /** Receives the id that ties the control to its label. */
  children: (control: { id: string; className: string | undefined }) => ReactNode;
}

export function Field({ label, children }: FieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, className: styles.control })}
    </div>
  );
}
