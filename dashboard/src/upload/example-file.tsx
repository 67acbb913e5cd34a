/** Shows what a file looks like to whoever has not made one yet. */
export function ExampleFile() {
  return (
    <details className="example">
      <summary>What does the file look like?</summary>
      <p className="muted">
        A table with a header and these three columns, saved as CSV by any spreadsheet. Several URLs in a cell are
        parted by commas; other columns are kept as they are.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by keyboard */}
      <section className="table-scroll" tabIndex={0} aria-label="Example of a file">
        <table>
          <thead>
            <tr>
              <th scope="col">S. No.</th>
              <th scope="col">Product Name</th>
              <th scope="col">Input Image Urls</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td className="number">1</td>
              <td>Lamp</td>
              <td>https://shop.example/lamp.jpg, https://shop.example/lamp-side.jpg</td>
            </tr>
            <tr>
              <td className="number">2</td>
              <td>Chair</td>
              <td>https://shop.example/chair.png</td>
            </tr>
          </tbody>
        </table>
      </section>
      <p>
        <a className="button button--small" href="template.csv" download="products.csv">
          Download it as a template
        </a>
      </p>
    </details>
  );
}
