import { useQuery } from "@tanstack/react-query";
import { useSignOut } from "@/shared/api/session";
import { formatMoment } from "@/shared/format";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { Loaded } from "@/shared/ui/Loaded";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { Row, Rows } from "@/shared/ui/Rows";
import { sessionsQuery, useEndSession, type OwnSession } from "../api/sessions";
import styles from "./Sessions.module.css";

/** Where the person is signed in, and the way out of each place or of all. */
export function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const end = useEndSession();
  const signOut = useSignOut();
  return (
    <section className={styles.sessions} aria-labelledby="sessions">
      <div className={styles.head}>
        <h2 id="sessions">Where you are signed in</h2>
        <Button
          disabled={signOut.isPending}
          onClick={() => {
            signOut.mutate({ everywhere: true });
          }}
        >
          Sign out everywhere
        </Button>
      </div>
      {(end.error ?? signOut.error) && <ProblemNotice error={end.error ?? signOut.error} />}
      <Loaded query={sessions} label="Looking…">
        {(all) => (
          <Rows label="Sessions">
            {all.map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                isBusy={end.isPending}
                onEnd={() => {
                  end.mutate(session.id);
                }}
              />
            ))}
          </Rows>
        )}
      </Loaded>
      <p className={styles.note}>
        Something you do not recognise? Sign out there, and tell an administrator.
      </p>
    </section>
  );
}

interface SessionRowProps {
  session: OwnSession;
  isBusy: boolean;
  onEnd: () => void;
}

function SessionRow({ session, isBusy, onEnd }: SessionRowProps) {
  const { is_current, is_same_network, is_same_browser } = session;
  const since = formatMoment(session.signed_in_at, new Date());
  const place = is_same_network ? "this network" : "another network";
  const title = is_same_browser ? "A browser like this one" : "Another kind of browser";
  const facts = `Signed in ${since} · last used ${formatMoment(session.last_seen_at, new Date())} in ${place}`;
  if (is_current) return <Row title={<CurrentTitle />} facts={facts} />;
  return (
    <Row title={title} facts={facts}>
      <Button aria-label={`Sign out: ${title}, ${since}`} disabled={isBusy} onClick={onEnd}>
        Sign out
      </Button>
    </Row>
  );
}

function CurrentTitle() {
  return (
    <>
      This browser <Badge tone="good">In use</Badge>
    </>
  );
}
