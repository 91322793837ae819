import type { ReactNode } from "react";
import styles from "./Badge.module.css";

interface BadgeProps {
  tone: "neutral" | "good" | "attention" | "danger" | "busy";
  children: ReactNode;
}

export function Badge({ tone, children }: BadgeProps) {
  return <span className={[styles.badge, styles[tone]].join(" ")}>{children}</span>;
}
