//! SSIMULACRA2 for bench/quality: reads messages from stdin, each `R` (a reference) or `C` (compare with it), width
//! and height as 32-bit little-endian numbers, and the pixels as RGB of 8 bits; answers each `C` with a score a line.
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use std::io::{self, Read, Write};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let mut reference: Option<Ssimulacra2Reference> = None;
    let mut head = [0u8; 9];
    while input.read_exact(&mut head).is_ok() {
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (width, height) = (number(1), number(5));
        let mut pixels = vec![0u8; width as usize * height as usize * 3];
        input.read_exact(&mut pixels)?;
        let image = PixelSlice::new(&pixels, width, height, width as usize * 3, PixelDescriptor::RGB8_SRGB)?;
        match (head[0], &reference) {
            (b'R', _) => reference = Some(Ssimulacra2Reference::new(&image)?),
            (b'C', Some(reference)) => {
                writeln!(output, "{}", reference.compare(&image)?)?;
                output.flush()?;
            }
            _ => return Err("a comparison comes after its reference".into()),
        }
    }
    Ok(())
}
