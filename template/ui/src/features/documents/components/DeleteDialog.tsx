import { ConfirmDialog } from "@/shared/ui/ConfirmDialog";
import { useDeleteDocument, type Document } from "../api/documents";

interface DeleteDialogProps {
  document: Document;
  onClose: () => void;
}

export function DeleteDialog({ document, onClose }: DeleteDialogProps) {
  const deletion = useDeleteDocument();
  return (
    <ConfirmDialog
      title={`Delete “${document.title}”?`}
      action="Delete"
      change={deletion}
      onConfirm={() => {
        deletion.mutate(document.id, { onSuccess: onClose });
      }}
      onClose={onClose}
    >
      Its passages are forgotten at once. Answers that quoted it keep their quotes.
    </ConfirmDialog>
  );
}
