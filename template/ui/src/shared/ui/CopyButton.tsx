import { useState } from "react";
import { Button } from "./Button";
import { CheckIcon, CopyIcon } from "./icons";

interface CopyButtonProps {
  text: string;
  label: string;
}

export function CopyButton({ text, label }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <Button
      look="quiet"
      onClick={() => void copy()}
      onBlur={() => {
        setCopied(false);
      }}
    >
      {isCopied ? <CheckIcon /> : <CopyIcon />}
      <span aria-live="polite">{isCopied ? "Copied" : label}</span>
    </Button>
  );
}
