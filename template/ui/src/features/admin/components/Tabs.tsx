import { NavLink } from "react-router";
import styles from "./Tabs.module.css";

const TABS = [
  ["/admin", "Overview"],
  ["/admin/people", "People"],
  ["/admin/keys", "API keys"],
  ["/admin/audit", "Audit trail"],
] as const;

export function Tabs() {
  return (
    <nav aria-label="Admin" className={styles.tabs}>
      {TABS.map(([to, label]) => (
        <NavLink key={to} to={to} end>
          {label}
        </NavLink>
      ))}
    </nav>
  );
}
