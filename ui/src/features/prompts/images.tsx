import X from "lucide-react/icons/x";
import { IconButton } from "../../kit/button";
import { Text } from "../../kit/field";

/** The first image of a list of files as a data URL; undefined if there is none. */
export function imageIn(files: FileList | null | undefined): Promise<string> | undefined {
  const image = [...(files ?? [])].find((file) => file.type.startsWith("image/"));
  if (!image) return undefined;
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(image);
  });
}

interface Props {
  urls: string[];
  onChange: (urls: string[]) => void;
}

/** The images of a message. One at an address elsewhere is shown as that address: nothing is loaded from other hosts. */
export function Images({ urls, onChange }: Props) {
  return (
    <ul className="prompt-images">
      {urls.map((url, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an address changes while it is typed
        <li key={at} className="prompt-image">
          {url.startsWith("data:image/") ? (
            <img src={url} alt={`Attached ${at + 1}`} />
          ) : (
            <Text
              mono
              aria-label={`Address of image ${at + 1}`}
              value={url}
              onChange={(next) => onChange(urls.with(at, next))}
            />
          )}
          <IconButton small label={`Remove image ${at + 1}`} onClick={() => onChange(urls.toSpliced(at, 1))}>
            <X size={14} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}
