import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Button } from "@/shared/ui/Button";
import { Loading } from "@/shared/ui/Loading";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/ProblemNotice";
import { documentsQuery, type Document } from "../api/documents";
import { useUploads } from "../api/uploads";
import { DeleteDialog } from "./DeleteDialog";
import { DocumentList } from "./DocumentList";
import { DropZone } from "./DropZone";
import { UploadList } from "./UploadList";

export default function DocumentsPage() {
  const documents = useQuery(documentsQuery);
  const { uploads, add, dismiss } = useUploads();
  const [leaving, setLeaving] = useState<Document | null>(null);
  return (
    <Page title="Documents" lead="Answers come from what is here, and only from that.">
      <DropZone onFiles={add} />
      <UploadList uploads={uploads} onDismiss={dismiss} />
      {documents.isPending && <Loading label="Loading the documents…" />}
      {documents.isError && !documents.data && (
        <ProblemNotice error={documents.error}>
          <Button onClick={() => void documents.refetch()}>Try again</Button>
        </ProblemNotice>
      )}
      {documents.data && <DocumentList documents={documents.data} onDelete={setLeaving} />}
      {leaving && (
        <DeleteDialog
          document={leaving}
          onClose={() => {
            setLeaving(null);
          }}
        />
      )}
    </Page>
  );
}
