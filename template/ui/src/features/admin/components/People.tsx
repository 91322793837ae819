import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { useMe } from "@/shared/api/session";
import { pluralise } from "@/shared/format";
import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { Loaded } from "@/shared/ui/Loaded";
import { Row, Rows } from "@/shared/ui/Rows";
import { peopleQuery, useSignOutPerson, type Member } from "../api/people";

/** Who belongs to the organisation, what they may do, and a way to sign them out everywhere. */
export function People() {
  const people = useQuery(peopleQuery);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const signOut = useSignOutPerson();
  const close = () => {
    setLeaving(null);
    signOut.reset();
  };
  return (
    <>
      <Loaded query={people} label="Loading the people…">
        {(members) => (
          <Rows label="People">
            {members.map((member) => (
              <MemberRow key={member.id} member={member} onSignOut={setLeaving} />
            ))}
          </Rows>
        )}
      </Loaded>
      {leaving && (
        <ConfirmDialog
          title={`Sign ${leaving.name} out everywhere?`}
          action="Sign out"
          change={signOut}
          onConfirm={() => {
            signOut.mutate(leaving.id, { onSuccess: close });
          }}
          onClose={close}
        >
          They lose {pluralise(leaving.sessions, "session")} at once, and may sign in again.
        </ConfirmDialog>
      )}
    </>
  );
}

interface MemberRowProps {
  member: Member;
  onSignOut: (member: Member) => void;
}

function MemberRow({ member, onSignOut }: MemberRowProps) {
  const me = useMe();
  const { id, name, email, roles, sessions } = member;
  const presence = sessions === 0 ? "not signed in" : pluralise(sessions, "session");
  const badges = roles.map((role) => (
    <Badge key={role} tone={role === "admin" ? "busy" : "neutral"}>
      {role}
    </Badge>
  ));
  return (
    <Row
      title={
        <>
          {name}
          {id === me.id && " (you)"} {badges}
        </>
      }
      facts={`${email} · ${presence}`}
    >
      {sessions > 0 && id !== me.id && (
        <Button
          aria-label={`Sign out ${name}`}
          onClick={() => {
            onSignOut(member);
          }}
        >
          Sign out
        </Button>
      )}
    </Row>
  );
}
