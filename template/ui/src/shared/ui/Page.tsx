import { useEffect, type ReactNode } from "react";
import { useProduct } from "../api/session";
import styles from "./Page.module.css";

/** Names the browser tab after the page. */
export function usePageTitle(title: string): void {
  const { name } = useProduct();
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);
}

interface PageProps {
  title: string;
  /** One sentence that says what the page is for. */
  lead: string;
  children: ReactNode;
}

/** The frame of a page that reads from top to bottom. */
export function Page({ title, lead, children }: PageProps) {
  usePageTitle(title);
  return (
    <div className={styles.page}>
      <header className={styles.header}>
        <h1>{title}</h1>
        <p>{lead}</p>
      </header>
      {children}
    </div>
  );
}
