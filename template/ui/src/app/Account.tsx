import { Link } from "react-router";
import { useSignOut, type Me } from "@/shared/api/session";
import type { Feature } from "@/shared/feature";
import { IconButton } from "@/shared/ui/Button";
import { SignOutIcon } from "@/shared/ui/icons";
import styles from "./Account.module.css";

interface AccountProps {
  me: Me;
  /** The page about the person, where the product has one. */
  page: Feature | undefined;
}

/** Who is signed in, for which organisation, and the way out. */
export function Account({ me, page }: AccountProps) {
  const signOut = useSignOut();
  return (
    <div className={styles.account}>
      <div className={styles.words}>
        <p className={styles.name}>
          {page ? <Link to={`/${page.path}`}>{me.name}</Link> : me.name}
        </p>
        <p className={styles.tenant}>{me.tenant.name}</p>
        {signOut.isError && (
          <p role="alert" className={styles.failed}>
            Signing out did not work. Try again.
          </p>
        )}
      </div>
      <IconButton
        label="Sign out"
        disabled={signOut.isPending}
        onClick={() => {
          signOut.mutate({ everywhere: false });
        }}
      >
        <SignOutIcon />
      </IconButton>
    </div>
  );
}
