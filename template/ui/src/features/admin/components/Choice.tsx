import { Field } from "@/shared/ui/Field";

interface ChoiceProps {
  label: string;
  /** Value → what it is called. */
  options: Record<string, string>;
  value: string;
  onChange: (value: string) => void;
}

/** One of a few values, by name. */
export function Choice({ label, options, value, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select
          {...control}
          value={value}
          onChange={({ target }) => {
            onChange(target.value);
          }}
        >
          {Object.entries(options).map(([choice, name]) => (
            <option key={choice} value={choice}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
