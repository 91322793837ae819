import { NavLink } from "react-router";
import type { Feature } from "@/shared/feature";
import styles from "./Navigation.module.css";

export function Navigation({ features }: { features: readonly Feature[] }) {
  return (
    <nav aria-label="Main" className={styles.navigation}>
      <ul>
        {features.map(({ path, label, icon }) => (
          <li key={path}>
            <NavLink to={`/${path}`} className={styles.link ?? ""}>
              {icon}
              <span>{label}</span>
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
