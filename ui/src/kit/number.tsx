import { NumberField } from "@base-ui/react/number-field";
import { Slider as Base } from "@base-ui/react/slider";
import "./field.css";
import "./number.css";

interface NumberProps {
  /** undefined is "not set", an empty box. */
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  min?: number;
  max?: number;
  /** One press of an arrow key. */
  step?: number;
  /** Shown behind the number: "ms", "tokens". */
  unit?: string;
  placeholder?: string;
  disabled?: boolean;
  "aria-label"?: string;
}

const plain: Intl.NumberFormatOptions = { useGrouping: false, maximumFractionDigits: 10 };

/** A number in a box; arrow keys step, Shift steps ten times as far. The wheel does nothing. */
export function NumberBox({ value, onChange, unit, min, max, step = 1, placeholder, disabled, ...rest }: NumberProps) {
  return (
    <NumberField.Root
      value={value ?? null}
      onValueChange={(next) => onChange(next ?? undefined)}
      min={min}
      max={max}
      step={step}
      largeStep={step * 10}
      smallStep={step / 10}
      format={plain}
      locale="en-US"
      disabled={disabled}
    >
      <NumberField.Group className="number">
        <NumberField.Input className="text" placeholder={placeholder} {...rest} />
        {unit && <span className="number-unit">{unit}</span>}
      </NumberField.Group>
    </NumberField.Root>
  );
}

interface SliderProps extends NumberProps {
  min: number;
  max: number;
  /** Names slider and box. */
  label: string;
}

/** A slider with its number beside it. While the value is not set the thumb stands at min, dimmed. */
export function Slider({ value, onChange, min, max, step = 0.01, label, disabled, ...rest }: SliderProps) {
  return (
    <div className="slider">
      <Base.Root
        className="slider-root"
        value={value ?? min}
        onValueChange={(next) => onChange(next)}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
        data-unset={value === undefined || undefined}
      >
        <Base.Control className="slider-control">
          <Base.Track className="slider-track">
            <Base.Indicator className="slider-fill" />
            <Base.Thumb className="slider-thumb" getAriaLabel={() => label} />
          </Base.Track>
        </Base.Control>
      </Base.Root>
      <NumberBox
        {...rest}
        aria-label={`${label}, number`}
        value={value}
        onChange={onChange}
        min={min}
        max={max}
        step={step}
        disabled={disabled}
      />
    </div>
  );
}
