import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CHANGE_HEADERS } from "@/shared/api/client";
import { problemFrom } from "@/shared/api/problem";
import { endSession, type Me } from "@/shared/api/session";
import { IconButton } from "@/shared/ui/Button";
import { SignOutIcon } from "@/shared/ui/icons";
import styles from "./Account.module.css";

/** Who is signed in, for which organisation, and the way out. */
export function Account({ me }: { me: Me }) {
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: leave,
    onSuccess: (redirectTo) => {
      endSession(client, { ended: false });
      // The identity provider has a session of its own to end.
      if (redirectTo !== "/") window.location.assign(redirectTo);
    },
  });
  return (
    <div className={styles.account}>
      <div className={styles.words}>
        <p className={styles.name}>{me.name}</p>
        <p className={styles.tenant}>{me.tenant.name}</p>
      </div>
      <IconButton
        label="Sign out"
        disabled={signOut.isPending}
        onClick={() => {
          signOut.mutate();
        }}
      >
        <SignOutIcon />
      </IconButton>
    </div>
  );
}

/** Ends the session; returns where the browser goes next. */
async function leave(): Promise<string> {
  const response = await fetch("/auth/logout", { method: "POST", headers: CHANGE_HEADERS });
  if (!response.ok) throw problemFrom(response, null);
  const { redirect_to } = (await response.json()) as { redirect_to: string };
  return redirect_to;
}
