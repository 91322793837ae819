import { useQuery } from "@tanstack/react-query";
import { Link, NavLink } from "react-router";
import { formatMoment } from "@/shared/format";
import { Button } from "@/shared/ui/Button";
import { ListIcon, PlusIcon } from "@/shared/ui/icons";
import { conversationsQuery, NEW_TITLE } from "../api/conversations";
import styles from "./ConversationList.module.css";

interface ConversationListProps {
  /** Only narrow windows fold the list away. */
  isOpen: boolean;
  onToggle: () => void;
}

export function ConversationList({ isOpen, onToggle }: ConversationListProps) {
  return (
    <section aria-label="Conversations" className={styles.list} data-open={isOpen}>
      <div className={styles.bar}>
        <Button
          look="quiet"
          className={styles.toggle ?? ""}
          aria-expanded={isOpen}
          onClick={onToggle}
        >
          <ListIcon /> Conversations
        </Button>
        <Link to="/chat" className={styles.fresh}>
          <PlusIcon /> New question
        </Link>
      </div>
      <Conversations onChoose={isOpen ? onToggle : undefined} />
    </section>
  );
}

function Conversations({ onChoose }: { onChoose: (() => void) | undefined }) {
  const { data, isError } = useQuery(conversationsQuery);
  if (isError) return <p className={styles.note}>Your conversations could not be loaded.</p>;
  if (data?.length === 0) return <p className={styles.note}>Your conversations appear here.</p>;
  return (
    <ul className={styles.items}>
      {data?.map(({ id, title, created_at }) => (
        <li key={id}>
          <NavLink to={`/chat/${id}`} className={styles.item ?? ""} onClick={onChoose}>
            <span className={styles.title}>{title || NEW_TITLE}</span>
            <time dateTime={created_at}>{formatMoment(created_at, new Date())}</time>
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
