import { Field } from "@/shared/ui/Field";

interface ChoiceProps {
  label: string;
  /** Number → what it is called. */
  options: Record<number, string>;
  value: number;
  onChange: (value: number) => void;
}

/** One of a few numbers, by name. */
export function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ target }) => {
            onChange(Number(target.value));
          }}
        >
          {Object.entries(options).map(([number, name]) => (
            <option key={number} value={number}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
