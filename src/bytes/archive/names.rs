//! Names in archives as text, whatever encoding their packer wrote.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// Encodings of Latin letters, one of which the detector takes for a DOS code page.
const LATIN: [&str; 9] = [
    "windows-1252",
    "windows-1250",
    "windows-1254",
    "windows-1257",
    "windows-1258",
    "ISO-8859-2",
    "ISO-8859-4",
    "ISO-8859-13",
    "macintosh",
];
/// Where the code pages 437 and 850 have the letters with accents.
const OEM_LETTERS: std::ops::RangeInclusive<u8> = 0x80..=0xA5;
/// The sharp s of the code pages 437 and 850.
const OEM_SHARP_S: u8 = 0xE1;
/// Upper half of code page 437, the encoding that the format itself names.
const CODE_PAGE_437: &str = concat!(
    "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
    "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}"
);

/// How the names of one archive are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoded {
    /// In one of the encodings that browsers know.
    Known(&'static Encoding),
    /// In code page 437.
    Oem,
}

impl Encoded {
    /// The encoding that fits all these names together; nothing where all of them are UTF-8.
    pub fn detect<'a>(names: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
        let (mut is_foreign, mut is_oem) = (false, true);
        for name in names.into_iter().filter(|name| std::str::from_utf8(name).is_err()) {
            is_foreign = true;
            is_oem &= name.iter().all(|byte| byte.is_ascii() || OEM_LETTERS.contains(byte) || *byte == OEM_SHARP_S);
            // Signs between the names, where the detector looks for words.
            detector.feed(name, false);
            detector.feed(b" / ", false);
        }
        detector.feed(b"", true);
        if !is_foreign {
            return None;
        }
        let guess = detector.guess(None, Utf8Detection::Deny);
        // Western letters stand in other places in DOS code pages, which the detector does not know but for the Russian.
        Some(if is_oem && LATIN.contains(&guess.name()) { Self::Oem } else { Self::Known(guess) })
    }

    fn decode(self, raw: &[u8]) -> String {
        match self {
            Self::Known(encoding) => encoding.decode_without_bom_handling(raw).0.into_owned(),
            Self::Oem => raw
                .iter()
                .map(|&byte| match byte.checked_sub(0x80) {
                    None => char::from(byte),
                    Some(place) => CODE_PAGE_437.chars().nth(place.into()).unwrap_or(char::REPLACEMENT_CHARACTER),
                })
                .collect(),
        }
    }
}

/// The name as text: UTF-8 where it is, since many packers write that without the flag that says so, else what `encoded`
/// says of the archive.
pub(super) fn decode_name(raw: &[u8], encoded: Option<Encoded>) -> String {
    match (std::str::from_utf8(raw), encoded) {
        (Ok(name), _) => name.to_owned(),
        (Err(_), Some(encoded)) => encoded.decode(raw),
        (Err(_), None) => String::from_utf8_lossy(raw).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use encoding_rs::{BIG5, EUC_KR, GBK, IBM866, SHIFT_JIS, WINDOWS_1251, WINDOWS_1252};

    use super::*;

    #[test]
    fn folders_of_many_countries_are_read() {
        let known = |encoding: &'static Encoding, names: &[&str]| {
            let raw: Vec<Vec<u8>> = names.iter().map(|name| encoding.encode(name).0.into_owned()).collect();
            let found = Encoded::detect(raw.iter().map(Vec::as_slice));
            let decoded: Vec<String> = raw.iter().map(|name| decode_name(name, found)).collect();
            assert_eq!(decoded, names, "{encoding:?} as {found:?}");
        };
        known(SHIFT_JIS, &["ペット/犬/写真1.jpg", "ペット/猫/写真2.jpg", "表示/ソ.jpg"]);
        known(GBK, &["图片/猫/照片1.jpg", "图片/狗/照片2.jpg"]);
        known(EUC_KR, &["동물/고양이/사진1.jpg", "동물/개/사진2.jpg"]);
        known(BIG5, &["圖片/貓/照片1.jpg", "圖片/狗狗/照片2.jpg"]);
        known(IBM866, &["животные/кошки/1.jpg", "животные/собаки/2.jpg"]);
        known(WINDOWS_1251, &["животные/кошки/1.jpg", "животные/собаки/2.jpg"]);
        known(WINDOWS_1252, &["Häuser/Größe.jpg", "Bäume/Übung.jpg"]);
        // Windows Explorer's in Western Europe: code page 850 or 437.
        let raw: [&[u8]; 2] = [b"H\x84user/Gr\x94\xE1e.jpg", b"caf\x82/\xA4.jpg"];
        let found = Encoded::detect(raw);
        assert_eq!(found, Some(Encoded::Oem));
        assert_eq!(raw.map(|name| decode_name(name, found)), ["Häuser/Größe.jpg", "café/ñ.jpg"]);
        assert_eq!(Encoded::detect(["Häuser".as_bytes(), b"cats"]), None);
    }
}
