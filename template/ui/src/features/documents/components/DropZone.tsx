import { useState, type DragEvent } from "react";
import { UploadIcon } from "@/shared/ui/icons";
import styles from "./DropZone.module.css";

interface DropZoneProps {
  onFiles: (files: readonly File[]) => void;
}

/** Takes files by drag and drop, by click and by keyboard: the whole area is the label of a file input. */
export function DropZone({ onFiles }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  return (
    <label
      className={styles.zone}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => {
        setOver(false);
      }}
      onDrop={drop}
    >
      <input
        type="file"
        multiple
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file can be chosen again after it failed.
          target.value = "";
        }}
      />
      <UploadIcon />
      <span>
        <b>Choose files</b> or drop them here
      </span>
    </label>
  );
}
