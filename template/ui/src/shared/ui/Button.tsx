import type { ComponentProps } from "react";
import styles from "./Button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "primary" | "secondary" | "danger" | "quiet";
}

export function Button({ look = "secondary", className = "", ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={[styles.button, styles[look], className].join(" ").trim()}
    />
  );
}

export function ButtonLink({ className = "", ...rest }: ComponentProps<"a">) {
  return <a {...rest} className={[styles.button, styles.primary, className].join(" ").trim()} />;
}

interface IconButtonProps extends ComponentProps<"button"> {
  label: string;
}

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({ label, className = "", ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={[styles.icon, className].join(" ").trim()}
    />
  );
}
