/** Exports as the shops write them, with some of their many columns. `at` is where the images are. */

export function shopifyExport(at: string): string {
  return [
    'Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant SKU,Image Src,Image Position,Image Alt Text,Status',
    `lamp,"Lamp, ""red""",<p>A lamp</p>,Bright,Size,S,L-S,${at}/lamp-2.jpg,2,Side,active`,
    `lamp,,,,,M,L-M,${at}/lamp-1.jpg,1,Front,`,
    'lamp,,,,,L,L-L,,,,',
    `chair,Chair,<p>Sit</p>,Bright,Title,Default,C-1,${at}/chair.jpg,1,,active`,
    'gift-card,Gift card,,Bright,,,G-1,,,,draft',
    '',
  ].join('\n');
}

export function wooCommerceExport(at: string): string {
  return [
    '\ufeffID,Type,SKU,Name,Published,Short description,Parent,Images,Position',
    `11,variable,TEE,T-shirt,1,"Soft, light",,"${at}/tee.jpg, ${at}/tee-back.jpg",0`,
    `12,variation,,T-shirt - red,1,,TEE,${at}/tee-red.jpg,1`,
    '13,variation,,T-shirt - blue,1,,TEE,,2',
    `14,simple,MUG,Mug,1,,,${at}/tee.jpg,0`,
    '',
  ].join('\n');
}
