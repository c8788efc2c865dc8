//! Why a whole table is refused. Texts name rows and columns, never values.

use thiserror::Error;

/// A refusal of a whole file; nothing of it is imported.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TableError {
    /// The operating system could not read the file.
    #[error("文件无法读取，请确认文件完整后重新上传")]
    Io(#[from] std::io::Error),
    /// No bytes, or white space only.
    #[error("文件是空的，请重新导出后上传")]
    Empty,
    /// The file is larger than the limit.
    #[error("文件有 {size_bytes} 字节，超过上限 {limit_bytes} 字节，请拆分后上传")]
    FileTooLarge {
        /// The file's size.
        size_bytes: u64,
        /// The limit it passed.
        limit_bytes: u64,
    },
    /// Recognised, but not a table that is read here.
    #[error("文件实际是{what}，请另存为 XLSX 或 CSV 后上传")]
    Unsupported {
        /// What the bytes are, in words for a clerk.
        what: &'static str,
    },
    /// The workbook is protected by a password.
    #[error("工作簿设有密码，请取消密码后上传")]
    Encrypted,
    /// The container is damaged or cut off.
    #[error("文件已损坏或不完整（{what}），请重新导出后上传")]
    Damaged {
        /// Which part could not be read.
        what: &'static str,
    },
    /// Bytes that the file's encoding does not have.
    #[error("第 {line} 行含有不属于 {encoding} 编码的字节，请用正确的编码重新导出")]
    InvalidBytes {
        /// The encoding that was tried.
        encoding: &'static str,
        /// Line (or DBF record), from 1.
        line: u64,
    },
    /// Lines in two encodings.
    #[error("文件混用了两种编码（第 {line} 行起与前文不同），请统一编码后上传")]
    MixedEncodings {
        /// The first line that differs from those before, from 1.
        line: u64,
    },
    /// The text decodes, but only to characters that no Chinese text uses.
    #[error("无法确定文件编码（像是 {guess}），请另存为 UTF-8 或 GB18030 后上传，或手工指定编码")]
    UnknownEncoding {
        /// What the bytes look like most.
        guess: &'static str,
    },
    /// A NUL character inside text.
    #[error("第 {line} 行含有空字符（NUL），请重新导出后上传")]
    NulCharacter {
        /// Line, from 1.
        line: u64,
    },
    /// A quoted cell that never ends, or goes on behind its closing quote.
    #[error("第 {row} 行的引号不成对，其后的内容无法可靠分列，请更正后上传")]
    UnbalancedQuote {
        /// The row where the cell began.
        row: u64,
    },
    /// A cell larger than the limit.
    #[error("第 {row} 行第 {column} 列的内容超过上限 {limit_bytes} 字节，请更正后上传")]
    CellTooLarge {
        /// The row, as people count.
        row: u64,
        /// The column, from 1.
        column: usize,
        /// The limit it passed.
        limit_bytes: usize,
    },
    /// More columns than the limit.
    #[error("第 {row} 行的列数超过上限 {limit}，请删去多余的列后上传")]
    TooManyColumns {
        /// The row, as people count.
        row: u64,
        /// The limit it passed.
        limit: usize,
    },
    /// More rows than the limit.
    #[error("行数超过上限 {limit}，请拆分后上传")]
    TooManyRows {
        /// The limit it passed.
        limit: u64,
    },
    /// Rows or cells of a worksheet out of order or given twice.
    #[error("工作表中第 {row} 行重复或次序颠倒，请用 Excel 打开后另存再上传")]
    RowOrder {
        /// The row, as the worksheet numbers it.
        row: u64,
    },
    /// The DBF header claims another number of records than the file holds.
    #[error("DBF 文件头记为 {claimed} 条记录，实际有 {held} 条，请重新导出后上传")]
    RecordCount {
        /// Records that the header claims.
        claimed: u64,
        /// Whole records that the file holds.
        held: u64,
    },
    /// XML with a document type: entity expansion or outside references.
    #[error("工作簿含有外部或嵌套的 XML 实体，可能有害，已拒绝；请用 Excel 打开后另存再上传")]
    XmlEntities,
    /// The workbook unpacks to more than the limit, or to more than it declares.
    #[error("工作簿解压后超过上限 {limit_bytes} 字节或与声明不符，已拒绝")]
    UnpackedTooLarge {
        /// The limit it passed.
        limit_bytes: u64,
    },
    /// No sheet of the asked name, or none at all.
    #[error("工作簿中没有指定的工作表，请改选其他工作表")]
    NoSuchSheet,
    /// No heading row was found.
    #[error("前 {searched} 行中没有找到列标题，请在第一行写明列标题（如 学号、姓名、证件号码）")]
    NoHeading {
        /// How many rows were searched.
        searched: usize,
    },
    /// Columns that this kind of import cannot do without.
    #[error("缺少必需的列：{columns}，请补齐后上传，或在列对应表中指定")]
    MissingColumns {
        /// The missing columns' names.
        columns: String,
    },
    /// One field stands in two columns of the same heading.
    #[error("列标题“{column}”出现了两次，请删去其中一列")]
    RepeatedColumn {
        /// The field's usual name.
        column: &'static str,
    },
    /// The mapping names columns that the file does not have.
    #[error("列对应表中有 {count} 个列名在文件中不存在，请核对列对应表")]
    MappingMismatch {
        /// How many of its columns are absent.
        count: usize,
    },
}

impl TableError {
    /// The stable word of this refusal for interfaces.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Io(_) => "table-unreadable",
            Self::Empty => "table-empty",
            Self::FileTooLarge { .. } => "table-too-large",
            Self::Unsupported { .. } => "table-format-unsupported",
            Self::Encrypted => "table-encrypted",
            Self::Damaged { .. } => "table-damaged",
            Self::InvalidBytes { .. } => "encoding-invalid",
            Self::MixedEncodings { .. } => "encoding-mixed",
            Self::UnknownEncoding { .. } => "encoding-unknown",
            Self::NulCharacter { .. } => "nul-character",
            Self::UnbalancedQuote { .. } => "quote-unbalanced",
            Self::CellTooLarge { .. } => "cell-too-large",
            Self::TooManyColumns { .. } => "columns-over-limit",
            Self::TooManyRows { .. } => "rows-over-limit",
            Self::RowOrder { .. } => "row-order",
            Self::RecordCount { .. } => "record-count",
            Self::XmlEntities => "xml-entities",
            Self::UnpackedTooLarge { .. } => "unpacked-too-large",
            Self::NoSuchSheet => "sheet-missing",
            Self::NoHeading { .. } => "heading-missing",
            Self::MissingColumns { .. } => "columns-missing",
            Self::RepeatedColumn { .. } => "column-repeated",
            Self::MappingMismatch { .. } => "mapping-mismatch",
        }
    }
}
