import { Button } from "@/shared/ui/Button";
import { Dialog, DialogActions } from "@/shared/ui/Dialog";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { useDeleteDocument, type Document } from "../api/documents";

interface DeleteDialogProps {
  document: Document;
  onClose: () => void;
}

export function DeleteDialog({ document, onClose }: DeleteDialogProps) {
  const deletion = useDeleteDocument();
  return (
    <Dialog title={`Delete “${document.title}”?`} onClose={onClose}>
      <p>Its passages are forgotten at once. Answers that quoted it keep their quotes.</p>
      {deletion.isError && <ProblemNotice error={deletion.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button
          look="danger"
          disabled={deletion.isPending}
          onClick={() => {
            deletion.mutate(document.id, { onSuccess: onClose });
          }}
        >
          Delete
        </Button>
      </DialogActions>
    </Dialog>
  );
}
