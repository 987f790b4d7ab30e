Attribute VB_Name = "Bridge"
Option Explicit
' What every button does: hand its id to Python. Chinese texts stand on the sheet "texts" of this add-in,
' because VBA source is stored in one code page and has to be ASCII.

Public Sub Press(ByVal id As String)
    Dim made As Boolean
    On Error GoTo failed
    If Workbooks.Count = 0 Or ActiveWorkbook Is Nothing Then
        Workbooks.Add
        made = True
    End If
    Application.StatusBar = TextOf("working")
    RunPython "import workbench.interfaces.addin.callbacks as callbacks; callbacks.run('" & id & "')"
    Application.StatusBar = False
    Exit Sub
failed:
    Application.StatusBar = False
    MsgBox TextOf("failed") & vbCrLf & Err.Description, vbExclamation, TextOf("title")
End Sub

Public Function TextOf(ByVal key As String) As String
    Dim line As Long
    With ThisWorkbook.Worksheets("texts")
        For line = 1 To 50
            If .Cells(line, 1).Value = key Then
                TextOf = .Cells(line, 2).Value
                Exit Function
            End If
        Next line
    End With
    TextOf = key
End Function

Public Sub Auto_Open()
    ' Descriptions of the functions for the function wizard: rows "function" of the sheet "texts".
    Dim line As Long
    Dim last As Long
    Dim place As Long
    Dim helps() As String
    On Error Resume Next
    With ThisWorkbook.Worksheets("texts")
        line = 1
        Do While .Cells(line, 1).Value <> ""
            If .Cells(line, 1).Value = "function" Then
                last = 4
                Do While .Cells(line, last + 1).Value <> ""
                    last = last + 1
                Loop
                If last > 4 Then
                    ReDim helps(1 To last - 4)
                    For place = 1 To last - 4
                        helps(place) = .Cells(line, place + 4).Value
                    Next place
                    Application.MacroOptions Macro:=.Cells(line, 2).Value, Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value, ArgumentDescriptions:=helps
                Else
                    Application.MacroOptions Macro:=.Cells(line, 2).Value, Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value
                End If
            End If
            line = line + 1
        Loop
    End With
End Sub
