import { useEffect } from "react";
import { useLocation } from "react-router";
import { signInUrl, useProduct } from "@/shared/api/session";
import { ButtonLink } from "@/shared/ui/Button";
import { ArrowIcon } from "@/shared/ui/icons";
import { Mark } from "./Mark";
import styles from "./Landing.module.css";

/** What people see before they sign in, and after their session has ended. */
export function Landing({ isEnded }: { isEnded: boolean }) {
  const product = useProduct();
  const location = useLocation();
  useEffect(() => {
    document.title = product.name;
  }, [product.name]);
  return (
    <main className={styles.landing}>
      <div className={styles.brand}>
        <Mark />
        <span>{product.name}</span>
      </div>
      <div className={styles.words}>
        {isEnded && (
          <p role="status" className={styles.ended}>
            Your session has ended. Sign in to continue where you were.
          </p>
        )}
        <h1>{product.headline}</h1>
        <p className={styles.lead}>{product.description}</p>
        <ButtonLink href={signInUrl(location)} className={styles.signIn}>
          Sign in <ArrowIcon />
        </ButtonLink>
      </div>
      <section className={styles.ask} aria-labelledby="ask-first">
        <h2 id="ask-first">People ask</h2>
        <ul>
          {product.suggestions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      </section>
      <footer className={styles.footer}>
        <span>{product.organisation}</span>
        {product.disclaimer && <span>{product.disclaimer}</span>}
      </footer>
    </main>
  );
}
