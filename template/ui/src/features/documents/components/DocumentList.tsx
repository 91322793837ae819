import { formatBytes, formatMoment, pluralise } from "@/shared/format";
import { IconButton } from "@/shared/ui/Button";
import { EmptyState } from "@/shared/ui/EmptyState";
import { DocumentIcon, TrashIcon } from "@/shared/ui/icons";
import type { Document } from "../api/documents";
import styles from "./DocumentList.module.css";
import { StatusBadge } from "./StatusBadge";

interface DocumentListProps {
  documents: readonly Document[];
  onDelete: (document: Document) => void;
}

export function DocumentList({ documents, onDelete }: DocumentListProps) {
  if (documents.length === 0) {
    return (
      <EmptyState icon={<DocumentIcon />} title="No documents yet">
        Upload the first one above. As soon as it is read, answers can quote it.
      </EmptyState>
    );
  }
  return (
    <ul className={styles.documents} aria-label="Documents">
      {documents.map((document) => (
        <Row key={document.id} document={document} onDelete={onDelete} />
      ))}
    </ul>
  );
}

interface RowProps {
  document: Document;
  onDelete: (document: Document) => void;
}

function Row({ document, onDelete }: RowProps) {
  const { title, status, passages, size_bytes, created_at, error } = document;
  return (
    <li className={styles.row}>
      <div className={styles.words}>
        <p className={styles.title}>{title}</p>
        <p className={styles.facts}>
          <time dateTime={created_at}>{formatMoment(created_at, new Date())}</time>
          {` · ${formatBytes(size_bytes)}`}
          {status === "ready" && ` · ${pluralise(passages, "passage")}`}
        </p>
        {status === "failed" && (
          <p className={styles.error}>
            {error ?? "It could not be read."} Delete it, then upload a corrected file.
          </p>
        )}
      </div>
      <StatusBadge status={status} />
      <IconButton
        label={`Delete ${title}`}
        onClick={() => {
          onDelete(document);
        }}
      >
        <TrashIcon />
      </IconButton>
    </li>
  );
}
