import { useEffect } from "react";
import { useLocation } from "react-router";
import { useProduct, useSignIn } from "@/shared/api/session";
import { Button } from "@/shared/ui/Button";
import { ArrowIcon } from "@/shared/ui/icons";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Mark } from "./Mark";
import styles from "./Landing.module.css";

/** What people see before they sign in, and after their session has ended. */
export function Landing({ isEnded }: { isEnded: boolean }) {
  const product = useProduct();
  const location = useLocation();
  const signIn = useSignIn();
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
        <Button
          look="primary"
          className={styles.signIn ?? ""}
          disabled={signIn.isPending}
          onClick={() => {
            signIn.mutate({ location });
          }}
        >
          Sign in <ArrowIcon />
        </Button>
        {signIn.isError && (
          <div className={styles.refused}>
            <ProblemNotice error={signIn.error} />
          </div>
        )}
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
