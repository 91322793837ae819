import { Badge } from "@/shared/ui/Badge";
import { Button } from "@/shared/ui/Button";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import type { Uploads } from "../api/uploads";
import styles from "./UploadList.module.css";

interface UploadListProps extends Pick<Uploads, "uploads"> {
  onDismiss: Uploads["dismiss"];
}

export function UploadList({ uploads, onDismiss }: UploadListProps) {
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.uploads} aria-label="Uploads">
      {uploads.map(({ key, file, error }) => (
        <li key={key}>
          {error ? (
            <ProblemNotice error={error} subject={file.name}>
              <Button
                onClick={() => {
                  onDismiss(key);
                }}
              >
                Dismiss
              </Button>
            </ProblemNotice>
          ) : (
            <p className={styles.sending}>
              <span>{file.name}</span>
              <Badge tone="busy">Uploading</Badge>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
