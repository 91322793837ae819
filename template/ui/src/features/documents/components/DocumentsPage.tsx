import { useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { Loaded } from "@/shared/ui/Loaded";
import { Page } from "@/shared/ui/Page";
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
      <Loaded query={documents} label="Loading the documents…">
        {(list) => <DocumentList documents={list} onDelete={setLeaving} />}
      </Loaded>
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
