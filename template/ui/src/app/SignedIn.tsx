import { Suspense } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { useProduct, type Me } from "@/shared/api/session";
import { isVisible, type Feature } from "@/shared/feature";
import { Loading } from "@/shared/ui/Loading";
import { Account } from "./Account";
import { ErrorBoundary } from "./ErrorBoundary";
import { Mark } from "./Mark";
import { Navigation } from "./Navigation";
import { NotFound } from "./NotFound";
import styles from "./SignedIn.module.css";

interface SignedInProps {
  me: Me;
  features: readonly Feature[];
}

/** The frame around every page: the navigation, the account, and the page that the address names. */
export function SignedIn({ me, features }: SignedInProps) {
  const product = useProduct();
  const visible = features.filter((feature) => isVisible(feature, me.roles));
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <header className={styles.side}>
        <div className={styles.brand}>
          <Mark />
          <span className={styles.name}>{product.name}</span>
        </div>
        <Navigation features={visible.filter(({ place }) => place !== "account")} />
        <Account me={me} page={visible.find(({ place }) => place === "account")} />
      </header>
      <main id="content" tabIndex={-1} className={styles.content}>
        <Pages features={visible} />
      </main>
    </div>
  );
}

function Pages({ features }: Pick<SignedInProps, "features">) {
  const section = useLocation().pathname.split("/")[1];
  const start = features.find(({ place }) => place !== "account");
  return (
    <ErrorBoundary key={section}>
      <Suspense fallback={<Loading label="Loading the page…" />}>
        <Routes>
          {start && <Route index element={<Navigate replace to={`/${start.path}`} />} />}
          {features.map(({ path, element }) => (
            <Route key={path} path={`${path}/*`} element={element} />
          ))}
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </ErrorBoundary>
  );
}
