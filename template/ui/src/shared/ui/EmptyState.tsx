import type { ReactNode } from "react";
import styles from "./EmptyState.module.css";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  /** It is all that there is: its title is the page's. */
  isPage?: boolean;
  children: ReactNode;
}

export function EmptyState({ icon, title, isPage = false, children }: EmptyStateProps) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className={styles.empty}>
      <span className={styles.icon}>{icon}</span>
      <Title>{title}</Title>
      <p>{children}</p>
    </div>
  );
}
